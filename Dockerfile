# syntax=docker/dockerfile:1
# Three images from one file: `web`, `worker` (with torch), and the TLS `proxy`.
#   docker build --target web .

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
WORKDIR /build
# Only what names the dependencies: this layer is built again when they change, and not else.
COPY pyproject.toml constraints.txt README.md LICENSE ./
RUN /opt/venv/bin/pip install -c constraints.txt ".[s3]"

FROM build AS build-worker
# The CPU build of torch is a tenth of the size:
#   docker build --target worker --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cpu .
ARG TORCH_INDEX=https://pypi.org/simple
RUN /opt/venv/bin/pip install -c constraints.txt --extra-index-url "$TORCH_INDEX" ".[ml,s3]"

FROM python:3.11-slim-bookworm AS base
RUN groupadd --system --gid 10001 ggez \
    && useradd --system --uid 10001 --gid ggez --home-dir /var/lib/ggez --create-home ggez
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/srv/ggez \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    GGEZ_DATA=/var/lib/ggez
WORKDIR /srv/ggez
COPY alembic.ini LICENSE ./
COPY migrations migrations
COPY presets presets
COPY recipes recipes
COPY regions regions
COPY locales locales
COPY pixels pixels
COPY stats stats
COPY specs specs
COPY reports reports
COPY domain domain
COPY cli cli
VOLUME /var/lib/ggez

FROM base AS web
COPY --from=build /opt/venv /opt/venv
COPY static static
COPY templates templates
COPY app app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=8s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=6)"]
CMD ["uvicorn", "app.main:create_app", "--factory", "--host", "0.0.0.0", "--port", "8000", \
     "--loop", "uvloop", "--http", "app.protocol:BoundedHeads", "--no-access-log", "--no-proxy-headers", \
     "--no-server-header", "--timeout-graceful-shutdown", "10"]

FROM base AS worker
COPY --from=build-worker /opt/venv /opt/venv
COPY sandbox sandbox
COPY ml ml
COPY workers workers
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=15s --start-period=60s CMD ["python", "-m", "workers.alive"]
CMD ["celery", "-A", "workers.celery_app", "worker", "--pool", "threads", \
     "--without-gossip", "--without-mingle"]

FROM caddy:2-alpine AS proxy
COPY deploy/Caddyfile /etc/caddy/Caddyfile
# The copy loses the capability to open low ports, which it does not need and without which it
# starts under `cap_drop: ALL`. Named volumes take over the owner of the folder they cover.
RUN cp /usr/bin/caddy /tmp/caddy && mv /tmp/caddy /usr/bin/caddy \
    && addgroup -g 10002 proxy && adduser -D -H -u 10002 -G proxy proxy \
    && chown -R proxy:proxy /data /config
USER 10002:10002
