"""Who is the agent and who the customer, from what they say: asked for, never applied silently."""

from callclf.role_inference.infer import infer_roles

__all__ = ["infer_roles"]
