# Built by plain BuildKit. The registry prefix keeps clear of Docker Hub's limits.
ARG NODE_IMAGE=public.ecr.aws/docker/library/node:26-trixie-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs26-debian13:nonroot

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The one package that is not in the bundle, for it is served file by file; without the builds that no page asks for.
RUN npm ci \
 && find node_modules/swagger-ui-dist -type f \( -name '*.map' -o -name '*.md' \
      -o -name 'swagger-ui-es-*' -o -name 'swagger-ui.js' \) -delete
COPY tsconfig.json ./
COPY build build
COPY src src
RUN npm run build

# What V8 compiles is good for the same version alone, so the Node.js makes it that will read it.
FROM ${RUNTIME_IMAGE} AS compile
WORKDIR /app
COPY --from=build /app/build build
COPY --from=build /app/dist dist
USER root
RUN ["/nodejs/bin/node", "build/code-cache.js"]

FROM ${RUNTIME_IMAGE}
WORKDIR /app
ENV NODE_ENV=production
# In bytes. Else glibc keeps the memory of each password's hash, 19 MiB for every thread, and never gives it back.
ENV MALLOC_MMAP_THRESHOLD_=1048576
# What changes least comes first: a push that touches src/ alone moves the last layer alone.
COPY --from=build /app/node_modules/swagger-ui-dist node_modules/swagger-ui-dist
COPY package.json ./
COPY --from=compile /app/dist dist
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="jwt-api" \
      org.opencontainers.image.description="Issues and checks JSON Web Tokens" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/jwt-api/jwt-api" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
USER 65532:65532
EXPOSE 8080 9090
# V8 would let its heap grow to 262 MiB in any container, however little its limit leaves.
CMD ["--max-old-space-size-percentage=50", "dist/main.cjs"]
