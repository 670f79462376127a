"use strict";
// Exchanges the code of the printed link (behind the #, so that it is in no log) for a session cookie.

const say = (text) => {
  document.getElementById("session").textContent = text;
};

async function signIn(code) {
  const answer = await fetch("/api/v1/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code }),
  });
  history.replaceState(null, "", "/");
  if (!answer.ok) throw new Error("That link is no longer good. The hub prints a fresh one when it starts.");
}

async function main() {
  document.getElementById("origin").textContent = location.origin;
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  try {
    if (code) await signIn(code);
    const session = await (await fetch("/api/v1/session")).json();
    say(
      session.authenticated
        ? "You are signed in: this browser may publish and launch."
        : "You are reading as a guest. Open the link that the hub printed when it started to publish and launch.",
    );
  } catch (error) {
    say(error instanceof TypeError ? "The hub does not answer. Is it running?" : error.message);
  }
}

main();
