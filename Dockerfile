# docker build -t parley .
# docker run -p 8000:8000 -v parley:/data parley
# The log shows a setup code: who registers with it at http://localhost:8000/login is the first user and the admin.
# -e PARLEY_API_KEY=<at least 16 characters> opens every route to a service instead.
# A stop waits up to PARLEY_DRAIN_SECONDS (20) for answers to end: docker stop --time 30.

FROM python:3.13-slim AS build
COPY requirements.lock .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --only-binary :all: \
       --require-hashes -r requirements.lock \
    && /venv/bin/pip uninstall --yes --quiet pip

FROM node:22-slim AS page
WORKDIR /page
COPY entrypoints/web/package.json entrypoints/web/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY entrypoints/web .
RUN npm run --silent build

FROM python:3.13-slim
RUN groupadd --gid 10001 parley \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin parley \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data
COPY --from=build /venv /venv
WORKDIR /app
COPY pyproject.toml .
COPY domain domain
COPY application application
COPY adapters adapters
COPY entrypoints entrypoints
COPY --from=page /page/dist entrypoints/web/dist
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite:////data/parley.db \
    PARLEY_AUTH=required
RUN python -m compileall -q .
USER 10001:10001
VOLUME /data
EXPOSE 8000
# Asked directly even where the environment names a proxy.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 CMD ["python", "-c", "\
import os, urllib.request as web; \
web.build_opener(web.ProxyHandler({})).open(f\"http://127.0.0.1:{os.environ.get('PARLEY_PORT', 8000)}/health/live\", timeout=4)"]
ENTRYPOINT ["python", "-m", "entrypoints"]
CMD ["serve", "--host", "0.0.0.0"]
