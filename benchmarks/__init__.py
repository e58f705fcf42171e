"""What Shipway takes beside its peers: `python -m benchmarks` measures, and writes RESULTS.md and results.json.

measure   one process and all it starts: seconds, processor seconds, peak memory
suite     variants of the same work, run in turn and compared within one run
peers     what the peers need, installed into .shipway/benchmarks
synth     the same resources in plain cdktf Python, in TypeScript, in JavaScript and through our binding
project   `shipway synth` on a thousand bundles: all, none changed, one changed
scan      `shipway scan` beside the checkov command
sandbox   Terraform against the sandbox beside Terraform against nothing
releases  taking a release back, beside Terraform alone and redeploying the old version
report    Markdown and JSON
"""
