"""What a reviewer must know of a plan, by meaning.

    bytes of `terraform show -json`  --read-->    Plan      --review-->  Review  --> terminal, Markdown, JSON
    two synthesized folders          --compare-->  Plan

`read` and `synth` are the only modules that see dicts; `review` is pure; each renderer has one escaping function.
Nothing here runs a process: whoever has a plan file or a synthesized folder can review it.
"""
