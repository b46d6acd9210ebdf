# Networks run under bfloat16 autocast; means, norms of features and losses stay in float32.
_base_ = ['../enlightengan_lol.py']
optim_wrapper = dict(
    generator=dict(type='AutocastOptimWrapper'),
    global_discriminator=dict(type='AutocastOptimWrapper'),
    local_discriminator=dict(type='AutocastOptimWrapper'),
)
