/** What `kubectl get events --output json` tells of an event, as far as it is needed. */
export interface Event {
  kind: 'Event';
  metadata: { uid: string };
  type: string;
  reason: string;
  message: string;
  count?: number;
  involvedObject: { kind: string; name: string };
}

/** The warnings among a namespace's events that came after the first look. */
export class Warnings {
  readonly #messages = new Map<string, string>();
  #before: Set<string> | undefined;

  /** New events are told from old ones by what the first look saw, so no clocks are compared. */
  look(events: Event[]): void {
    this.#before ??= new Set(events.map(occurrence));
    for (const event of events) {
      const { kind, name } = event.involvedObject;
      const about = `${event.reason}, ${kind} ${name}`;
      // Whoever tries again says much the same each time.
      if (event.type === 'Warning' && !this.#before.has(occurrence(event)) && !this.#messages.has(about)) {
        this.#messages.set(about, event.message.trim());
      }
    }
  }

  /** One line each, the latest last. */
  get lines(): string[] {
    return [...this.#messages].map(([about, message]) => `${about}: ${message}`);
  }
}

/** An event that happens again stays the same object and is counted. */
function occurrence({ metadata, count }: Event): string {
  return `${metadata.uid} ${count}`;
}
