import { z } from 'zod';

export const HEALTHY = 'Healthy';

export const healthySchema = z.literal(HEALTHY);

/** A health check's answer, as `@nestjs/terminus` gives it. */
export const healthSchema = z
  .looseObject({ status: z.literal('ok') })
  .meta({ id: 'Health', example: { status: 'ok', info: {}, error: {}, details: {} } });
