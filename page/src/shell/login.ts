/** Name and password. */

import { css, html } from "lit";

import { StoreElement } from "../element.ts";
import { ActError } from "../state/store.ts";
import { look } from "./look.ts";

class Login extends StoreElement {
  static override properties = { error: { state: true }, busy: { state: true } };
  declare error: string;
  declare busy: boolean;
  protected override readonly drawnOn = ["view"] as const;

  static override styles = [
    look,
    css`
      :host { display: grid; place-items: center; padding: 1rem; }
      form { display: grid; gap: 0.8rem; inline-size: min(24rem, 100%); background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 1.6rem; }
      h1 { font-size: 1.5rem; }
      label { display: grid; gap: 0.2rem; font-weight: 600; }
      input { font-weight: 400; min-block-size: 2.5rem; }
      button { min-block-size: 2.6rem; }
    `,
  ];

  constructor() {
    super();
    this.error = "";
    this.busy = false;
  }

  protected override render() {
    const text = this.store.text.bind(this.store);
    return html`<form @submit=${this.submit}>
      <h1>Nadhir</h1>
      <p>${text("login-what")} <strong>${text("not-official")}</strong></p>
      <label>${text("login-name")}<input name="name" autocomplete="username" required maxlength="64" autofocus /></label>
      <label>${text("login-password")}
        <input name="password" type="password" autocomplete="current-password" required maxlength="1024" /></label>
      <div role="alert">${this.error ? html`<p class="error">${this.error}</p>` : null}</div>
      <button class="primary" ?disabled=${this.busy}>${text("login")}</button>
    </form>`;
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    this.busy = true;
    this.error = "";
    try {
      await this.store.login(String(given.get("name")), String(given.get("password")));
    } catch (error) {
      if (!(error instanceof ActError)) throw error;
      this.error = error.status === 401 ? this.store.text("login-wrong") : error.message || this.store.text("node-unreachable");
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("nadhir-login", Login);
