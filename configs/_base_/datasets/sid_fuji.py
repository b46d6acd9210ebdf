# The Fuji half of See-in-the-Dark: as sid_sony.py, with X-Trans mosaics.
_base_ = ['./sid_sony.py']
load, pack = dict(type='LoadRaw', black=1024, white=16383), dict(type='PackXTrans')
turn, amplify = {{_base_.turn}}, {{_base_.amplify}}
train_pipeline = [load, pack, {{_base_.crop}}, turn, amplify, {{_base_.take_pair}}]
test_pipeline = [load, pack, amplify, {{_base_.take_low}}]

fuji = dict(data_prefix=dict(low='Fuji/short', normal='Fuji/long'))
rows = dict(**fuji, ann_file='Fuji_test_list.txt', pipeline=test_pipeline)
train_dataloader = dict(
    dataset=dict(**fuji, ann_file='Fuji_train_list.txt', pipeline=train_pipeline)
)
val_dataloader = dict(dataset=dict(**fuji, ann_file='Fuji_val_list.txt', pipeline=test_pipeline))
test_dataloader = dict(dataset=rows)
test_cfg = dict(more=dict(first=rows))
