"""The children of an InferenceService, field by field what the operator under test makes of the same spec."""

from typing import Any

Object = dict[str, Any]

DRAIN_SECONDS = 4
UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def children(service: Object, version: Object, image: str) -> list[Object]:
    """All of them, in the order in which the operator under test writes them."""
    name, number = service["metadata"]["name"], version["spec"]["version"]
    versioned = f"{name}-v{number}"
    one = labels(service, number)
    every = labels(service, None)
    return [
        child(service, "apps/v1 Deployment", {"name": versioned, "labels": one}) | deployment(service, version, image),
        child(service, "v1 Service", {"name": versioned, "labels": one}) | cluster_service(service, number),
        child(service, "autoscaling/v2 HorizontalPodAutoscaler", {"name": versioned, "labels": one}) | autoscaler(service, versioned),
        child(service, "v1 Service", {"name": name, "labels": every}) | cluster_service(service, number),
        child(service, "policy/v1 PodDisruptionBudget", {"name": name, "labels": every}) | disruption_budget(service),
        child(service, "networking.k8s.io/v1 NetworkPolicy", {"name": name, "labels": every}) | network_policy(service),
        child(service, "networking.k8s.io/v1 Ingress", {"name": name, "labels": every}) | ingress(service),
    ]


def child(service: Object, kind: str, metadata: Object) -> Object:
    owner = service["metadata"]
    reference = {
        "apiVersion": "tidegate.io/v1alpha1",
        "kind": "InferenceService",
        "name": owner["name"],
        "uid": owner["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
    api_version, name = kind.split()
    return {
        "apiVersion": api_version,
        "kind": name,
        "metadata": {**metadata, "namespace": owner["namespace"], "ownerReferences": [reference]},
    }


def service_selector(service: Object) -> Object:
    return {"tidegate.io/inferenceservice": service["metadata"]["name"]}


def version_selector(service: Object, number: int) -> Object:
    return {**service_selector(service), "tidegate.io/version": str(number)}


def labels(service: Object, number: int | None) -> Object:
    return {
        "app.kubernetes.io/managed-by": "tidegate",
        "app.kubernetes.io/name": "model-server",
        "tidegate.io/model": service["spec"]["model"],
        **(service_selector(service) if number is None else version_selector(service, number)),
    }


def deployment(service: Object, version: Object, image: str) -> Object:
    number = version["spec"]["version"]
    return {
        "spec": {
            "selector": {"matchLabels": version_selector(service, number)},
            "revisionHistoryLimit": 2,
            "progressDeadlineSeconds": 600,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": {"metadata": {"labels": labels(service, number)}, "spec": pod(service, version, image)},
        }
    }


def pod(service: Object, version: Object, image: str) -> Object:
    claim = version["spec"]["artifact"]["claim"]
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "runAsGroup": 10001,
            "fsGroup": 10001,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "terminationGracePeriodSeconds": 1 + DRAIN_SECONDS + request_seconds(service) + 5,
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": version_selector(service, version["spec"]["version"])},
            }
        ],
        "containers": [container(service, version, image)],
        "volumes": [
            {"name": "artifacts", "persistentVolumeClaim": {"claimName": claim, "readOnly": True}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
        ],
    }


def container(service: Object, version: Object, image: str) -> Object:
    def probe(path: str, **times: int) -> Object:
        return {"httpGet": {"path": path, "port": "http"}, **times}

    return {
        "name": "server",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": name, "value": value} for name, value in environment(service, version).items()],
        "ports": [{"name": "http", "containerPort": 8000}],
        "resources": {"requests": {"cpu": "100m", "memory": "192Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}},
        "startupProbe": probe("/livez", periodSeconds=1, failureThreshold=300),
        "readinessProbe": probe("/readyz", periodSeconds=2, timeoutSeconds=2, failureThreshold=2),
        "livenessProbe": probe("/livez", periodSeconds=10, timeoutSeconds=3, failureThreshold=6),
        "lifecycle": {"preStop": {"sleep": {"seconds": 1}}},
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "privileged": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumeMounts": [
            {"name": "artifacts", "mountPath": "/models", "readOnly": True},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108
        ],
    }


def environment(service: Object, version: Object) -> dict[str, str]:
    spec = version["spec"]
    return {
        "TIDEGATE_BUNDLE": f"/models/{spec['artifact']['path']}",
        "TIDEGATE_DIGEST": spec["digest"],
        "TIDEGATE_MODEL": spec["model"],
        "TIDEGATE_MODEL_VERSION": str(spec["version"]),
        "TIDEGATE_INFERENCESERVICE": service["metadata"]["name"],
        "TIDEGATE_REQUEST_TIMEOUT_MS": str(request_seconds(service) * 1000),
        "TIDEGATE_MAX_BODY_BYTES": str(service["spec"]["server"]["maxBodyBytes"]),
        "TIDEGATE_DRAIN_SECONDS": str(DRAIN_SECONDS),
    }


def request_seconds(service: Object) -> int:
    written = service["spec"]["server"]["requestTimeout"]
    return int(written[:-1]) * UNIT_SECONDS[written[-1]]


def cluster_service(service: Object, number: int) -> Object:
    ports = [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": 8000}]
    return {"spec": {"type": "ClusterIP", "selector": version_selector(service, number), "ports": ports}}


def autoscaler(service: Object, target: str) -> Object:
    scaling = service["spec"]["autoscaling"]
    aim = {"type": "Utilization", "averageUtilization": scaling["cpu"]}
    return {
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
            "minReplicas": scaling["min"],
            "maxReplicas": scaling["max"],
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": aim}}],
            "behavior": {"scaleDown": {"stabilizationWindowSeconds": 300}},
        }
    }


def disruption_budget(service: Object) -> Object:
    return {"spec": {"maxUnavailable": 1, "selector": {"matchLabels": service_selector(service)}}}


def network_policy(service: Object) -> Object:
    return {
        "spec": {
            "podSelector": {"matchLabels": service_selector(service)},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"ports": [{"protocol": "TCP", "port": 8000}]}],
        }
    }


def ingress(service: Object) -> Object:
    backend = {"service": {"name": service["metadata"]["name"], "port": {"name": "http"}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    return {"spec": {"rules": [{"host": service["spec"]["ingress"]["host"], "http": {"paths": [path]}}]}}
