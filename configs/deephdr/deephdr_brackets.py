# DeepHDR on brackets of your own, without validation: in data/brackets a folder for each scene,
# with three pictures, exposure.txt and HDRImg.hdr. Another place:
#   --cfg-options train_dataloader.dataset.data_root=D
_base_ = ['./deephdr_kalantari.py']
train_dataloader = dict(
    dataset=dict(data_root='data', data_prefix=dict(low='brackets'), repeat=200)
)
val_dataloader, val_cfg, val_evaluator = None, None, None
test_dataloader, test_cfg, test_evaluator = None, None, None
