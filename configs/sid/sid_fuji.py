# The official recipe for X-Trans sensors, on the Fuji half of See-in-the-Dark.
_base_ = [
    '../_base_/models/sid.py',
    '../_base_/datasets/sid_fuji.py',
    '../_base_/schedules/sid_4001e.py',
    '../_base_/default_runtime.py',
]
model = dict(generator=dict(layout='xtrans'))
default_hooks = dict(checkpoint=dict(interval=100))
