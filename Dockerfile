# The environment is put together in the first image; the second gets the finished /app only.
FROM python:3.13-slim AS builder
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

COPY requirements-build.lock requirements-runtime.lock ./
RUN python -m venv /build \
 && /build/bin/python -m pip install --require-hashes --requirement requirements-build.lock \
 && /build/bin/python -m pip wheel --require-hashes --no-build-isolation --wheel-dir /wheels \
    --requirement requirements-runtime.lock

COPY pyproject.toml README.md LICENSE ./
COPY a2a_agent a2a_agent
COPY conformance conformance
COPY schemas schemas
RUN /build/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && python -m venv --without-pip /app \
 && /build/bin/python -m pip --python /app install --no-index --no-deps /wheels/*.whl


FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin a2a \
 && install --directory --owner=a2a /data
COPY --from=builder /app /app
ENV PATH="/app/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    A2A_AGENT_STORE=sqlite:////data/tasks.db
USER a2a
WORKDIR /data
VOLUME /data
EXPOSE 9999
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9999/health', timeout=2)"]
CMD ["a2a-agent", "serve", "--host", "0.0.0.0", "--port", "9999"]
