# Photographs that come inside Python packages, and the darker of nine exposures made of each;
# validated on photographs that training never sees. Nothing is downloaded.
_base_ = ['./demo_paired.py']
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(
        type='TransformBroadcaster',  # drawn once for both
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=True,
        transforms=[dict(type='RandomCrop', size=128), dict(type='RandomSymmetry')],
    ),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
train_dataloader = dict(
    batch_size=4, dataset=dict(type='DemoSeriesDataset', repeat=12, pipeline=train_pipeline)
)
held_out = dict(type='DemoSeriesDataset', split='test')
val_dataloader, test_dataloader = dict(dataset=held_out), dict(dataset=held_out)
