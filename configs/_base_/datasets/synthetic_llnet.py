# Photographs against themselves darkened, as LLNet sees them: 5 x 10 patches of 17 pixels, 1250 of
# each picture in an epoch.
_base_ = ['./synthetic_pairs.py']
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('normal',)),
    dict(
        type='KeyMapper',
        mapping=dict(img='normal'),
        auto_remap=True,
        transforms=[
            dict(type='RandomSymmetry'),
            dict(type='RandomPatches', size=17, number=10),
        ],
    ),
    dict(type='LowLightSynthesis'),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
train_dataloader = dict(batch_size=5, dataset=dict(repeat=125, pipeline=train_pipeline))
