# One image serves the page and trains. It needs no network once it is built.
#
#   docker build -t lrlab .
#   docker build -t lrlab:cuda --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cu126 .
#
# docs/hosting.md says how to run it, and where its megabytes go.
ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS build
# Where torch comes from: by default its own index of builds for the CPU, which bring no CUDA libraries. Where that index
# cannot be reached, pip says so and takes what its default index has.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
# What else to install: "dask" for requirements-dask.txt.
ARG EXTRA=
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv --without-pip /venv
COPY requirements*.txt /tmp/
RUN python -m pip wheel -q --no-deps -w /wheels --extra-index-url "${TORCH_INDEX}" --timeout 20 --retries 1 \
        "$(grep '^torch' /tmp/requirements.txt)" \
    && python -m pip --python /venv/bin/python install -q --no-compile --find-links /wheels \
        -r /tmp/requirements.txt ${EXTRA:+-r "/tmp/requirements-${EXTRA}.txt"}
# What no installed program reads: headers, tests, static libraries, and torch's own tools for building and testing C++.
COPY deploy/prune.py /tmp/
RUN /venv/bin/python -B /tmp/prune.py
WORKDIR /app
COPY .streamlit .streamlit
COPY lrcore lrcore
COPY ui ui
COPY pages pages
COPY app.py ./
# Serve and train once: it shows that what was removed is not missed, and leaves bytecode beside the modules that are
# used, not beside the two thirds that are not.
COPY deploy/rehearse.py /tmp/
RUN OMP_NUM_THREADS=1 HOME=/tmp LRLAB_DATA_DIR=/tmp/data /venv/bin/python -B /tmp/rehearse.py

FROM ${PYTHON_IMAGE}
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="LR Lab" \
      org.opencontainers.image.description="See what a learning-rate schedule does" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OMP_NUM_THREADS=1 \
    HOME=/tmp \
    LRLAB_HOST=0.0.0.0 \
    LRLAB_DATA_DIR=/data
RUN useradd --no-create-home --uid 10001 lrlab && install -d -o lrlab -g lrlab /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001
VOLUME /data
EXPOSE 8501
# Healthy means that experiments can train, not only that the page answers; workers that are just starting are waited for.
HEALTHCHECK --interval=30s --timeout=30s --start-period=40s CMD ["python", "-m", "ui.server.health"]
CMD ["python", "app.py"]
