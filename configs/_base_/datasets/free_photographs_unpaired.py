# Freely licensed photographs as two unpaired sets: one half as it is, the other half darkened by a
# synthetic camera. Validated on pairs of LOL.
_base_ = ['./free_photographs.py']
crop_size = 128

train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(type='RandomAreaCrop', size=crop_size, key='low'),
    dict(type='RandomAreaCrop', size=crop_size, key='normal'),
    dict(
        type='KeyMapper',  # the camera takes the picture `low`; what else it makes is not used
        mapping=dict(normal='low'),
        remapping=dict(low='low'),
        transforms=[
            dict(
                type='SynthesizeLowLight',
                shares=dict(underexposed=0.55, unevenly_lit=0.15, backlit=0.15, night=0.15),
            ),
        ],
    ),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='UnpairedHalvesDataset',
        data_root='data/free_photographs',
        partner='random',
        repeat=5,
        pipeline=train_pipeline,
    ),
)
