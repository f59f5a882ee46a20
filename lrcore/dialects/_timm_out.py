from lrcore.plan import Plan


def write(plan: Plan) -> str:
    return ""
