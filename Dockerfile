# Built by plain BuildKit. The registry prefix keeps clear of Docker Hub's limits.
ARG NODE_IMAGE=public.ecr.aws/docker/library/node:26-trixie-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs26-debian13:nonroot

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=optional
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without what nothing reads at run time: source maps, types, texts, and the builds of Swagger UI that no page asks for.
# The licences stay, for they ask for that.
RUN npm ci --omit=dev --omit=optional --omit=peer \
 && find node_modules -type f ! -iname 'licen[cs]e*' \( -name '*.map' -o -name '*.ts' -o -name '*.[cm]ts' -o -name '*.md' \
      -o -path '*/swagger-ui-dist/swagger-ui-es-*' -o -path '*/swagger-ui-dist/swagger-ui.js' \) -delete

FROM ${RUNTIME_IMAGE}
WORKDIR /app
ENV NODE_ENV=production
# In bytes. Else glibc keeps the memory of each password's hash, 19 MiB for every thread, and never gives it back.
ENV MALLOC_MMAP_THRESHOLD_=1048576
# What changes least comes first: a push that touches src/ alone moves the last layer alone.
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY --from=build /app/dist dist
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
CMD ["dist/main.js"]
