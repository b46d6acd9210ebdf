# The official recipe for Bayer sensors, on the Sony half of See-in-the-Dark.
_base_ = [
    '../_base_/models/sid.py',
    '../_base_/datasets/sid_sony.py',
    '../_base_/schedules/sid_4001e.py',
    '../_base_/default_runtime.py',
]
default_hooks = dict(checkpoint=dict(interval=100))
