# Pairs in the layout of the authors' program: filelist.txt names what input/ and output/ both hold.
# tools/dataset_converters/hdrnet.py checks such folders.
_base_ = ['./lol_unpaired.py']
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(
        type='TransformBroadcaster',  # drawn once for both
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=True,
        transforms=[dict(type='RandomCrop', size=512)],
    ),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
layout = dict(file_list='filelist.txt', data_prefix=dict(low='input', normal='output'))
held_out = dict(data_root='data/hdrnet/test', **layout)
train_dataloader = dict(
    batch_size=16,
    drop_last=True,
    dataset=dict(
        _delete_=True,
        type='PairedImageDataset',
        data_root='data/hdrnet/train',
        pipeline=train_pipeline,
        **layout,
    ),
)
val_dataloader, test_dataloader = dict(dataset=held_out), dict(dataset=held_out)
