"""Short fingerprints of what a result depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def digest_of_facts(facts: Mapping[str, Any]) -> str:
    """Twelve digits that change with any of the facts, whatever their order."""
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
