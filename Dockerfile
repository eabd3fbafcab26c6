# One image, every role: web, worker, Prefect server, command line. The role is the command (docker-compose.yml).
FROM debian:12-slim

ENV LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 \
    DO_NOT_TRACK=1 PREFECT_SERVER_ANALYTICS_ENABLED=false OMP_THREAD_LIMIT=1
WORKDIR /app

# System packages first, from the one list (development ones left out): this layer changes least.
COPY packages.txt ./
RUN apt-get update -q \
    && sed -e '/^# development only/,$d' -e 's/#.*//' packages.txt | xargs apt-get install -y -q --no-install-recommends \
    && rm -rf /var/lib/apt/lists/*

COPY requirements.lock ./
RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install --require-hashes -r requirements.lock
ENV PATH=/opt/venv/bin:$PATH

COPY pyproject.toml README.md ./
COPY schemas ./schemas
COPY extractors ./extractors
COPY storage ./storage
COPY review ./review
COPY runtime ./runtime
COPY flows ./flows
COPY web ./web
COPY samplemaker ./samplemaker
RUN pip install --no-deps --no-build-isolation . && python -m compileall -q /opt/venv/lib >/dev/null

RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin sohoa \
    && install -d -o sohoa -g sohoa /data /prefect
USER sohoa
ENV SOHOA_HOME=/data HOME=/data
VOLUME ["/data"]
EXPOSE 8080
ENTRYPOINT ["sohoa"]
CMD ["--help"]
