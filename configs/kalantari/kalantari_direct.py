# The same for the network that gives the merged light directly, in one stage.
_base_ = ['./kalantari_wie.py']
model = dict(generator=dict(kind='direct'), first_stage=None)
train_cfg = dict(phase_epochs=())
