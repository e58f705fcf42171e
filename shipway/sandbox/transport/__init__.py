"""gRPC and HTTP, as far as Terraform speaks them to a provider and to its state, on sockets that are open already.

Terraform is started while the server still imports what it needs, so it must find both listening: neither can be a
server that binds its own socket.
"""
