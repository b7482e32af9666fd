# Driftledger's programs in one image: `node dist/apps/<program>/src/main.js`. Not built where it was written, which has no engine.
# The native engines need glibc: Debian's image, not Alpine's.
FROM node:24.11.1-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run -s build && npm prune --omit=dev --no-audit --no-fund

FROM node:24.11.1-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/migrations ./migrations
# A fresh volume takes its owner from the folder below it.
RUN mkdir -p /data/keys && chown -R node:node /data
USER node
ENV DRIFTLEDGER_DATA=/data DRIFTLEDGER_PORT=4000
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=5s --retries=3 --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.DRIFTLEDGER_PORT}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Signals and orphans are looked after by the init of the engine: `docker run --init`, `init: true`.
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["dist/apps/standalone/src/main.js"]
