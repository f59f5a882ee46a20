# One image serves the page and trains; it needs no network once it is built.
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    OMP_NUM_THREADS=1 \
    HOME=/tmp

WORKDIR /app
COPY requirements.txt ./
# The CPU build of torch is enough; where only the default index is at hand, its own build is taken.
RUN python -m pip install -r requirements.txt
COPY .streamlit .streamlit
COPY lrcore lrcore
COPY ui ui
COPY pages pages
COPY app.py ./

RUN useradd --no-create-home --uid 10001 lrlab
USER lrlab
EXPOSE 8501
# Healthy means that experiments can train, not only that the page answers; workers that are just starting are waited for.
HEALTHCHECK --interval=30s --timeout=30s --start-period=40s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/ready?wait=20', timeout=25)"]
CMD ["streamlit", "run", "app.py", "--server.port=8501", "--server.address=0.0.0.0"]
