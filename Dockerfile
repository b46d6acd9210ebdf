# docker build -t mmenlighten .
# docker build -t mmenlighten --build-arg DEVICE=cuda .
#
# docker run --rm -v "$PWD:/work" --user "$(id -u):$(id -g)" mmenlighten enhance photo.jpg --out bright
# docker run --rm --gpus all --shm-size 8g -v "$PWD:/work" --entrypoint python mmenlighten \
#     /opt/mmenlighten/tools/train.py /opt/mmenlighten/configs/enlightengan_lol.py
FROM python:3.11-slim-bookworm

# cpu: torch without CUDA, a tenth of the size. cuda: torch from PyPI, which brings CUDA's libraries;
# the driver is that of the machine (NVIDIA Container Toolkit).
ARG DEVICE=cpu

# OpenCV's wheel asks for both libraries.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgl1 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/mmenlighten
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

# Before the code, so that a change of the code does not install all of it again.
COPY requirements requirements
# hadolint ignore=DL3013
RUN case "$DEVICE" in \
        cpu) index=https://download.pytorch.org/whl/cpu ;; \
        cuda) index=https://pypi.org/simple ;; \
        *) echo "DEVICE is cpu or cuda, not $DEVICE" >&2; exit 1 ;; \
    esac \
    && pip install --index-url "$index" "$(grep '^torch==' requirements/constraints.txt)" \
    && pip install -c requirements/constraints.txt -r requirements/runtime.txt \
        -r requirements/mminstall.txt -r requirements/optional.txt -r requirements/onnx.txt \
        -r requirements/video.txt -r requirements/app.txt

COPY . .
RUN pip install --no-deps -e .

# Any user may be given; caches of such a one go where everybody may write.
ENV HOME=/tmp MPLCONFIGDIR=/tmp/matplotlib
USER 1000:1000
WORKDIR /work
ENTRYPOINT ["mmenlighten"]
CMD ["--help"]
