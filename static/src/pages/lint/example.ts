/** Something to try: a Task that is accepted, and a Pipeline with what is often got wrong. */
export const EXAMPLE = `apiVersion: tekton.dev/v1
kind: Pipeline
metadata:
  name: credit-risk-training
spec:
  params:
    - {name: data-uri, type: string}
    - {name: rates, type: array}
  tasks:
    - name: load
      taskRef: {name: load-table}
      params:
        - {name: uri, value: $(params.data_uri)}
    - name: train
      matrix:
        params:
          - {name: learning-rate, value: "$(params.rates[*])"}
      taskRef: {name: train-gb}
      taskSpec: {steps: [{image: "train:2.3", name: train}]}
      runAfter: [load]
    - name: deploy
      when:
        - {input: "$(tasks.load.results.rows)", operator: eq, values: ["0"]}
      taskRef: {name: deploy-model}
      runAfter: [train]
      timeout: 45m
---
apiVersion: tekton.dev/v1
kind: Task
metadata:
  name: load-table
spec:
  params:
    - {name: uri, type: string}
  results:
    - {name: rows, description: How many rows there are}
  steps:
    - name: load
      image: python:3.12-slim
      env:
        - {name: URI, value: $(params.uri)}
      script: |
        #!/usr/bin/env python3
        import os
        rows = sum(1 for line in open(os.environ["URI"]))
        open("$(results.rows.path)", "w").write(str(rows))
`;
