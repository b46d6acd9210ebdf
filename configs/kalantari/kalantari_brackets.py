# KalantariHDR on brackets of your own, without validation: a folder for each scene, with three
# pictures, exposure.txt and HDRImg.hdr, in brackets/Training, aligned once by
#   python tools/dataset_converters/exposure_brackets.py brackets --align \
#     --prepare data/brackets_aligned
_base_ = ['./kalantari_wie.py']
train_dataloader = dict(dataset=dict(data_root='data/brackets_aligned', repeat=200))
val_dataloader, val_cfg, val_evaluator = None, None, None
test_dataloader, test_cfg, test_evaluator = None, None, None
