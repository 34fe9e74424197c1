# The web image. Not yet built by us: there was no Docker engine where Midline is developed. Its steps are the
# same commands that bin/demo and .ci/run take, and those are run.
FROM python:3.13-slim-bookworm

# WeasyPrint's system libraries. Without libharfbuzz-subset0 PDFs still appear, three times slower. The fonts are
# for names in scripts that ours have no letters of: without them they print as boxes.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
        fonts-noto-core fonts-wqy-microhei \
    && rm -rf /var/lib/apt/lists/*

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/midline

# First the lock, then the code: a change of code does not install everything again.
COPY requirements/run.txt requirements/run.txt
RUN pip install --require-hashes -r requirements/run.txt

COPY . .
# Root owns the code and the assets, so that the process which serves them cannot change them. It writes only
# to var/media, var/documents and to the database. The witness has a key that the web process cannot read.
RUN python manage.py collectstatic --no-input --verbosity 0 \
    && useradd --system --uid 10001 --home-dir /nonexistent midline \
    && useradd --system --uid 10002 --home-dir /nonexistent witness \
    && install -d -o midline -g midline var/media var/documents \
    && install -d -o witness -g witness -m 755 var/checkpoints \
    && install -d -o witness -g witness -m 700 var/key

USER midline
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "docker/healthy.py"]
CMD ["bin/serve"]
