import { z } from 'zod';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d{1,9})(ms|s|m|h|d)$/;

/** A length of time such as `500ms`, `25s` or `14d`, read as milliseconds. */
export const duration = z
  .string()
  .regex(DURATION, 'must be a whole number and a unit (ms, s, m, h or d), such as 25s or 14d')
  .transform((text) => {
    const [, amount, unit] = DURATION.exec(text) as unknown as [string, string, keyof typeof UNITS];
    return Number(amount) * UNITS[unit];
  });
