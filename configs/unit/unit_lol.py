# UNIT's released recipe on LOL as two unpaired folders, validated on its 15 evaluation pairs.
_base_ = [
    '../_base_/models/unit.py',
    '../_base_/datasets/lol_unit.py',
    '../_base_/schedules/unit_1000k.py',
    '../_base_/default_runtime.py',
]
