import { Reflector } from '@nestjs/core';

/** Opens a route to requests without a token. */
export const Public = Reflector.createDecorator<void, true>({ transform: () => true });
