# For GPUs: bfloat16, features in float16, channels last, compiled. See docs/training_speed.md.
_base_ = ['../enlightengan_lol.py']
model = dict(feature_loss=dict(precision='float16'))
half = dict(type='AutocastOptimWrapper')
optim_wrapper = dict(generator=half, global_discriminator=half, local_discriminator=half)
compiled = ['generator', 'global_discriminator', 'local_discriminator', 'feature_loss']
compiling = dict(type='CompileHook', modules=compiled, tuned=True)
custom_hooks = [compiling]
