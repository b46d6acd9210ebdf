"""Enhances photographs that are posted to it: see ``README.md`` beside this file."""

from __future__ import annotations

import argparse
import asyncio
import functools
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import uvicorn
from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect
from starlette.types import Message

from mmenlighten import __version__
from mmenlighten.cli.model_options import (
    add_computing_options,
    add_model_options,
    build_chosen,
    read_most_pixels,
)
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.inference import blend
from mmenlighten.photos import Photo, encode_photo, read_photo
from mmenlighten.utils.checks import MOST_STRENGTH
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.numbers_of_text import integer

FIELD = 'photo'
MEGA = 10**6


def make_app(
    enhancer: PhotoEnhancer,
    most_bytes: int = 64 * MEGA,
    most_pixels: int = 50 * MEGA,
    parallel: int = 1,
    most_waiting: int = 16,
) -> FastAPI:
    """Makes the service, for any ASGI server.

    Args:
        enhancer: What enhances; ``parallel`` threads call it at the same time.
        most_bytes: Longer bodies are refused.
        most_pixels: Larger photographs are refused by their header.
        parallel: Photographs that are worked on at the same time, each with its share of memory.
        most_waiting: Further ones that wait for these; the rest is told to come back.
    """
    # Without the pages of the interface, which would load scripts from another server.
    app = FastAPI(title='mmenlighten', version=__version__, docs_url=None, redoc_url=None)
    enhancer.share_machine(parallel)
    threads = ThreadPoolExecutor(parallel, 'enhance')
    in_hand = 0

    @app.get('/health')
    async def health() -> dict[str, str | int]:
        return dict(status='ready', version=__version__, in_hand=in_hand)

    @app.post('/enhance', response_class=Response)
    async def enhance(
        request: Request, strength: Annotated[float, Query(ge=0, le=MOST_STRENGTH)] = 1
    ) -> Response:
        nonlocal in_hand
        if in_hand >= parallel + most_waiting:
            later = {'Retry-After': '5'}
            raise HTTPException(503, 'Too much is waiting: try again in a few seconds.', later)
        in_hand += 1
        try:
            name, data = await read_body(request, most_bytes)
            work = functools.partial(enhance_file, enhancer, data, name, strength, most_pixels)
            content, photo = await asyncio.get_running_loop().run_in_executor(threads, work)
        finally:
            in_hand -= 1
        kind = 'x-portable-anymap' if photo.format == 'ppm' else photo.format
        answer = Response(content, media_type=f'image/{kind}')
        for note in photo.notes:  # what of the file could not be kept
            plain = ' '.join(note.split()).encode('ascii', 'replace').decode()
            answer.headers.append('X-Note', plain)
        return answer

    @app.exception_handler(UserError)
    async def refuse_photograph(_: Request, error: UserError) -> Response:
        return JSONResponse({'detail': str(error)}, 422)

    @app.exception_handler(RequestValidationError)
    async def refuse_option(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        sentence = f'{first["loc"][-1]}={first["input"]}: {first["msg"]}.'
        return JSONResponse({'detail': sentence}, 422)

    @app.exception_handler(ClientDisconnect)
    async def say_nothing(_: Request, error: ClientDisconnect) -> Response:
        return Response(status_code=400)  # to nobody

    return app


async def read_body(request: Request, most_bytes: int) -> tuple[str, bytes]:
    """Name and content of the file that is posted: the body itself, or the field of a form.

    Raises:
        HTTPException: It is too long, or there is none.
    """
    refusal = HTTPException(413, f'The file is larger than the limit of {most_bytes / MEGA:g} MB.')
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get('body', b''))
        if taken > most_bytes:
            raise refusal
        return message

    length = request.headers.get('content-length', '0')
    if length.isdecimal() and int(length) > most_bytes:
        raise refusal
    limited = Request(request.scope, receive)
    if not request.headers.get('content-type', '').startswith('multipart/form-data'):
        data = await limited.body()
        if not data:
            raise HTTPException(400, 'There is no photograph: post its file as the body.')
        return 'The photograph', data
    async with limited.form(max_files=1, max_fields=1) as form:
        file = form.get(FIELD)
        if not isinstance(file, UploadFile):
            raise HTTPException(400, f'There is no photograph: post its file as {FIELD}.')
        return file.filename or 'The photograph', await file.read()


def enhance_file(
    enhancer: PhotoEnhancer, data: bytes, name: str, strength: float, most_pixels: int
) -> tuple[bytes, Photo]:
    """Makes the file of the result, by the steps of the console command.

    Raises:
        UserError: The file cannot be read, enhanced or written.
    """
    photo = read_photo(data, name=name, max_pixels=most_pixels)
    try:
        enhanced = enhancer.enhance(photo.pixels)
        if enhanced is None and not photo.kind:
            return data, photo  # well lit: the file stays as it is
        if enhanced is not None:
            photo = photo.with_pixels(blend(photo.pixels, enhanced, strength, out=enhanced))
        return encode_photo(photo), photo
    except UserError as error:
        raise UserError(f'{name} cannot be enhanced: {error}') from error


def main() -> None:
    """Serves until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_model_options(parser)
    add_computing_options(parser)
    add = parser.add_argument
    add('--host', default='127.0.0.1', help='address (default: 127.0.0.1, only this computer)')
    add('--port', type=integer, default=8000)
    add('--only-dark', action='store_true', help='give well-lit photographs back as they are')
    add('--memory', metavar='2G', help='what each photograph may take (default: a share)')
    add('--max-megabytes', type=integer, default=64, help='of a file (default: 64)')
    add('--max-megapixels', type=float, default=50, help='of a photograph (default: 50)')
    add('--parallel', type=integer, default=1, help='photographs at the same time (default: 1)')
    args = parser.parse_args()
    try:
        options = EnhanceOptions.parse(only_dark=args.only_dark, memory=args.memory)
        app = make_app(
            build_chosen(args, options),
            args.max_megabytes * MEGA,
            read_most_pixels(args),
            args.parallel,
        )
    except UserError as error:
        sys.exit(f'error: {error}')
    uvicorn.run(app, host=args.host, port=args.port)


if __name__ == '__main__':
    main()
