from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmenlighten.evaluation.model_card import CardPicture, FilledPage, Scene, draw, read_pictures
from mmenlighten.evaluation.model_card.pictures import MOST_BYTES
from mmenlighten.photos import read_photo
from mmenlighten.photos.image_io import write_image
from mmenlighten.utils.errors import ConfigError
from tests.small_run import REPOSITORY

PAGES = [REPOSITORY / 'README.md', *sorted((REPOSITORY / 'docs').rglob('*.md'))]
FILES = sorted((REPOSITORY / 'docs' / 'model_zoo').glob('*_pictures.yml'))
PICTURES = [picture for file in FILES for picture in read_pictures(file)]
SCENES = (Scene('chelsea', 'underexposed', 1, 'A cat'), Scene('astronaut', 'night', 2, 'A woman'))


@pytest.mark.parametrize('picture', PICTURES, ids=lambda picture: picture.name)
def test_pictures_of_the_cards_are_there_are_small_and_name_their_makers(
    picture: CardPicture,
) -> None:
    content = (REPOSITORY / 'docs' / 'images' / picture.name).read_bytes()
    assert len(content) < MOST_BYTES
    assert picture.credits.count('\n') == len(picture.scenes)
    height, width = read_photo(content).pixels.shape[:2]
    columns = len(picture.scenes) if picture.is_before_after else 3
    assert width == columns * (picture.width + 4) - 4
    assert height > picture.height


@pytest.mark.parametrize('card', PAGES, ids=lambda p: p.name)
def test_cards_name_who_has_made_what_they_show(card: Path) -> None:
    parts = FilledPage(card).parts
    text = card.read_text()
    for picture in PICTURES:
        if f'images/{picture.name}' in text:
            assert parts[f'credits {picture.name}'] == picture.credits


def test_scenes_stand_above_their_results(tmp_path: Path) -> None:
    picture = CardPicture('x.jpg', 64, 48, SCENES, is_before_after=True)
    drawn = read_photo(draw(picture, {'x': lambda image: 255 - image // 2}, tmp_path)).pixels
    assert drawn.shape == (48 + 4 + 48, 64 + 4 + 64, 3)
    low = SCENES[0].take(tmp_path, 64, 48).low
    assert np.abs(drawn[:48, :64].astype(int) - low).mean() < 8
    assert np.abs(drawn[-48:, :64].astype(int) - (255 - low // 2)).mean() < 8


def test_rows_show_what_was_wanted(tmp_path: Path) -> None:
    picture = CardPicture('x.jpg', 64, 48, SCENES)
    drawn = read_photo(draw(picture, {'x': lambda image: image}, tmp_path)).pixels
    assert drawn.shape[1] == 3 * 64 + 2 * 4
    wanted = SCENES[1].take(tmp_path, 64, 48).wanted
    assert np.abs(drawn[-48:, -64:].astype(int) - wanted).mean() < 8


def test_photographs_taken_in_the_dark_stay_as_they_are(tmp_path: Path) -> None:
    image = np.random.default_rng(0).integers(0, 60, (48, 64, 3), np.uint8)
    write_image(tmp_path / 'a.png', image)
    scenes = (Scene('a.png', about='A room', maker='A. Nobody, CC0'),) * 2
    assert (
        CardPicture('x.jpg', 64, 48, scenes).credits.splitlines()
        == ['- A room. Photograph `a.png`: A. Nobody, CC0.'] * 2
    )
    methods = {'LIME': lambda image: image * 2, 'ours': lambda image: image * 3}
    drawn = read_photo(draw(CardPicture('x.jpg', 64, 48, scenes), methods, tmp_path)).pixels
    assert drawn.shape[1] == 3 * 64 + 2 * 4
    assert 2 * 48 + 4 < drawn.shape[0] < 2 * 48 + 4 + 48  # names stand above the first row alone
    assert np.abs(drawn[-48:, :64].astype(int) - image).mean() < 8
    assert np.abs(drawn[-48:, -64:].astype(int) - image * 3).mean() < 16


@pytest.mark.parametrize(
    'content',
    ['', '- a', 'x.jpg: {width: 3}', 'x.jpg: {width: 3, height: 4, scenes: [{phot: a}]}', 'a: ['],
)
def test_other_files_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / 'x.yml').write_text(content)
    with pytest.raises(ConfigError, match=r'x\.yml does not describe pictures'):
        read_pictures(tmp_path / 'x.yml')


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'x\.yml cannot be read'):
        read_pictures(tmp_path / 'x.yml')
