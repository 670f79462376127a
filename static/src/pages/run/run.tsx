export default function Page() {
  return <h1 className="sr">…</h1>;
}
