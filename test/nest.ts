// @nestjs/throttler is CommonJS and requires Nest, which jest allows only where Nest's own modules have been evaluated before.
import 'reflect-metadata';
import '@nestjs/core';
