/* The payment form: turns a card into a token in the browser, so that the shop never sees the card.
 *
 * <form data-payment-form data-publishable-key="pk_…" data-api-base="http://…" data-amount data-currency>
 *   With data-api-base the card fields of the page are used (the sandbox); without it Stripe's Payment
 *   Element is put into [data-payment-element]. Without this module the form posts no token, and the
 *   server sends the shopper to the provider's own page.
 * Sentences come from data-message-* attributes of the form, so that they are translated with the page;
 * they are shown in [data-payment-error], and at the field in #<its id>_error where there is one. Where
 * there is a choice of [data-payment-method]s, only "card" needs a token, and a saved card has one already.
 * Without [data-payment-element] the card is entered on the provider's own page.
 */

const FIELDS = ["number", "expiry", "cvc", "name"];

const DEFAULTS = {
  number: "Enter the card number, 12 to 19 digits.",
  check: "The card number is not right. Please check it.",
  expiry: "Enter the expiry date as month and year, like 12 / 34.",
  cvc: "Enter the security code, 3 or 4 digits.",
  name: "Enter the name on the card.",
  unreachable: "The payment service cannot be reached. Nothing was charged. Please try again.",
  refused: "The card was not accepted. Please check it or use another card.",
};

export function digits(text) {
  return text.replace(/\D/g, "");
}

export function groupNumber(text) {
  const number = digits(text).slice(0, 19);
  const sizes = /^3[47]/.test(number) ? [4, 6, 5] : [4, 4, 4, 4, 3];
  const groups = [];
  let from = 0;
  for (const size of sizes) {
    if (from < number.length) groups.push(number.slice(from, from + size));
    from += size;
  }
  return groups.join(" ");
}

export function formatExpiry(text) {
  const [typedMonth, typedYear] = text.includes("/") ? text.split("/", 2).map(digits) : [digits(text), ""];
  let month = typedMonth;
  let year = typedYear;
  if (!text.includes("/") && month.length > 2) {
    year = month.slice(2);
    month = month.slice(0, 2);
  }
  if (/^[2-9]$/.test(month) || (month === "1" && text.includes("/"))) month = `0${month}`;
  if (month.length < 2 || (month.length === 2 && !year && !text.includes("/"))) return month;
  return `${month} / ${year.slice(0, 4)}`;
}

export function readExpiry(text) {
  const match = /^\s*(0?[1-9]|1[0-2])\s*\/\s*(\d{2}|20\d{2})\s*$/.exec(text);
  return match ? { month: match[1], year: match[2] } : null;
}

export function isCardNumber(number) {
  if (!/^\d{12,19}$/.test(number)) return false;
  let sum = 0;
  for (let place = 0; place < number.length; place += 1) {
    let digit = Number(number[number.length - 1 - place]);
    if (place % 2) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 === 0;
}

/* Formats while typing without moving the caret away from where the shopper types. */
function formatAsTyped(input, format) {
  input.addEventListener("input", (event) => {
    if (event.inputType?.startsWith("delete")) return;
    const behind = digits(input.value.slice(input.selectionStart ?? input.value.length)).length;
    input.value = format(input.value);
    let caret = input.value.length;
    for (let left = behind; left > 0 && caret > 0; caret -= 1) {
      if (/\d/.test(input.value[caret - 1])) left -= 1;
    }
    input.setSelectionRange(caret, caret);
  });
}

class PaymentForm {
  constructor(form) {
    this.form = form;
    this.button = form.querySelector("[type=submit]");
    this.error = form.querySelector("[data-payment-error]");
    this.token = form.querySelector("input[name=payment_token]") ?? this.addTokenInput();
    this.token.value = ""; // a browser may have kept an old one over a reload
    this.busy = false;
    form.addEventListener("submit", (event) => this.submit(event));
    // Back from another page with the browser's memory of this one: pay again, with a new token.
    window.addEventListener("pageshow", (event) => event.persisted && this.release());
  }

  addTokenInput() {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = "payment_token";
    this.form.append(input);
    return input;
  }

  sentence(name) {
    return this.form.getAttribute(`data-message-${name}`) || DEFAULTS[name];
  }

  /* Whether a new card is to be read: not when store credit pays for all, for a saved card, or another way to pay. */
  usesCard() {
    if (this.form.querySelector("[data-pays-all]:checked")) return false;
    const chosen = this.form.querySelector("[data-payment-method]:checked");
    if (chosen && chosen.dataset.paymentMethod !== "card") return false;
    return !this.form.querySelector("input[name=saved_card]:checked")?.value;
  }

  async submit(event) {
    if (this.busy) {
      event.preventDefault();
      return;
    }
    this.hold();
    if (!this.usesCard()) return;
    event.preventDefault();
    try {
      this.token.value = await this.tokenise();
    } catch (problem) {
      this.release();
      this.show(problem);
      return;
    }
    this.form.submit();
  }

  hold() {
    this.busy = true;
    this.button.disabled = true;
    this.form.setAttribute("aria-busy", "true");
    this.error.hidden = true;
    this.error.textContent = "";
  }

  release() {
    this.busy = false;
    this.button.disabled = false;
    this.form.removeAttribute("aria-busy");
    this.token.value = "";
  }

  show(problem) {
    this.error.textContent = problem.message;
    this.error.hidden = false;
    (problem.field ?? this.button).focus();
  }
}

class Problem extends Error {
  constructor(message, field) {
    super(message);
    this.field = field;
  }
}

class CardForm extends PaymentForm {
  constructor(form) {
    super(form);
    this.fields = Object.fromEntries(FIELDS.map((name) => [name, form.querySelector(`[data-testid=card-${name}-input]`)]));
    formatAsTyped(this.fields.number, groupNumber);
    formatAsTyped(this.fields.expiry, formatExpiry);
    for (const field of Object.values(this.fields)) {
      field.addEventListener("input", () => this.mark(field, ""));
    }
  }

  /* Says at the field itself what is wrong with it; an empty sentence takes it back. */
  mark(field, sentence) {
    if (sentence) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    const place = document.getElementById(`${field.id}_error`);
    if (!place) return;
    place.textContent = sentence;
    place.hidden = !sentence;
  }

  wrong(name, sentence = name) {
    this.mark(this.fields[name], this.sentence(sentence));
    return new Problem(this.sentence(sentence), this.fields[name]);
  }

  card() {
    const number = digits(this.fields.number.value);
    const expiry = readExpiry(this.fields.expiry.value);
    const cvc = this.fields.cvc.value.trim();
    const name = this.fields.name.value.trim();
    const wrong = [];
    if (number.length < 12) wrong.push(this.wrong("number"));
    else if (!isCardNumber(number)) wrong.push(this.wrong("number", "check"));
    if (!expiry) wrong.push(this.wrong("expiry"));
    if (!/^\d{3,4}$/.test(cvc)) wrong.push(this.wrong("cvc"));
    if (!name) wrong.push(this.wrong("name"));
    if (wrong.length) throw new Problem(wrong.map((one) => one.message).join(" "), wrong[0].field);
    return { number, expiry, cvc, name };
  }

  async tokenise() {
    const { number, expiry, cvc, name } = this.card();
    const body = new URLSearchParams({
      type: "card",
      "card[number]": number,
      "card[exp_month]": expiry.month,
      "card[exp_year]": expiry.year,
      "card[cvc]": cvc,
      "billing_details[name]": name,
    });
    let response;
    let answer;
    try {
      response = await fetch(`${this.form.dataset.apiBase}/v1/payment_methods`, {
        method: "POST",
        headers: { Authorization: `Bearer ${this.form.dataset.publishableKey}` },
        body,
        credentials: "omit",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(20000),
      });
      answer = await response.json();
    } catch {
      throw new Problem(this.sentence("unreachable"));
    }
    if (response.status === 402) throw this.refusal(answer.error);
    if (!response.ok || !answer.id) throw new Problem(this.sentence("unreachable"));
    return answer.id;
  }

  refusal(error) {
    const name = { number: "number", exp_month: "expiry", exp_year: "expiry", cvc: "cvc" }[error.param];
    if (error.code === "incorrect_number") return this.wrong("number", "check");
    if (name && name !== "number") return this.wrong(name);
    return new Problem(this.sentence("refused"), this.fields.number);
  }
}

class ElementForm extends PaymentForm {
  constructor(form) {
    super(form);
    this.button.disabled = true;
    this.ready = this.mount();
    this.ready.then(
      () => this.release(),
      () => this.release(),
    );
  }

  async mount() {
    await script("https://js.stripe.com/v3/");
    const { publishableKey, amount, currency } = this.form.dataset;
    this.stripe = window.Stripe(publishableKey, { locale: document.documentElement.lang || "auto" });
    this.elements = this.stripe.elements({
      mode: "payment",
      amount: Number(amount),
      currency: currency.toLowerCase(),
      paymentMethodTypes: ["card"],
      paymentMethodCreation: "manual",
    });
    this.elements.create("payment").mount(this.form.querySelector("[data-payment-element]"));
  }

  async tokenise() {
    try {
      await this.ready;
    } catch {
      this.ready = this.mount();
      throw new Problem(this.sentence("unreachable"));
    }
    const checked = await this.elements.submit();
    if (checked.error) throw new Problem(checked.error.message);
    const made = await this.stripe.createPaymentMethod({ elements: this.elements });
    if (made.error) throw new Problem(made.error.message);
    return made.paymentMethod.id;
  }
}

/* The card is entered on the provider's own page: nothing to read here. */
class OtherPageForm extends PaymentForm {
  usesCard() {
    return false;
  }
}

function script(address) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = address;
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    document.head.append(element);
  });
}

for (const form of document.querySelectorAll("form[data-payment-form]")) {
  if (!form.querySelector("[data-payment-element]")) new OtherPageForm(form);
  else if (form.dataset.apiBase) new CardForm(form);
  else new ElementForm(form);
}
