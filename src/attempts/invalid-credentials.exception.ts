import { UnauthorizedException } from '@nestjs/common';

/** Nobody has this email and this password. Which of the two is wrong is not told, and not known here. */
export class InvalidCredentialsException extends UnauthorizedException {}
