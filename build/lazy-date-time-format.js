const { DateTimeFormat } = globalThis.Intl;

/** Nest makes two formatters while it loads, which takes half as long as a bare server's start, and writes no log with them. */
export default class LazyDateTimeFormat {
  #options;
  #formatter;

  constructor(...options) {
    this.#options = options;
  }

  format(date) {
    this.#formatter ??= new DateTimeFormat(...this.#options);
    return this.#formatter.format(date);
  }
}
