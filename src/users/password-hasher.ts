import { Injectable } from '@nestjs/common';
import { isPassword, PasswordHash } from './password-hash.js';

/** Checks passwords: the one place where that work is done, so that tests can count it. */
@Injectable()
export class PasswordHasher {
  isPassword(password: string, hash: PasswordHash): Promise<boolean> {
    return isPassword(password, hash);
  }
}
