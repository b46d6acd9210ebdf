# LOL as it is, in pairs: our485 for training, eval15 for validation and testing.
# tools/dataset_converters/lol.py checks the folder. Another place, or pairs of your own whose names
# are equal, on the command line:
#   --cfg-options train_dataloader.dataset.data_root=D \
#                 train_dataloader.dataset.data_prefix.low=dark \
#                 train_dataloader.dataset.data_prefix.normal=bright
# Another size of the windows: train_dataloader.dataset.pipeline.1.transforms.0.size=96
_base_ = ['./lol_unpaired.py']
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(
        type='TransformBroadcaster',  # drawn once for both
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=True,
        transforms=[dict(type='RandomCrop', size=48), dict(type='RandomSymmetry')],
    ),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
train_dataloader = dict(
    batch_size=16,
    drop_last=True,
    dataset=dict(
        _delete_=True,
        type='PairedImageDataset',
        data_root={{_base_.data_root}},
        data_prefix=dict(low='our485/low', normal='our485/high'),
        pipeline=train_pipeline,
    ),
)
