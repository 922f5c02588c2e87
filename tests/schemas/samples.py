"""One rich and valid value for each kind of thing that the schemas describe."""

from typing import Any

AT = "2025-10-28T10:30:00.000Z"
FREE: dict[str, Any] = {"any": [None, {"thing": 1.5}], "snake_case": None}
PUSH: dict[str, Any] = {
    "id": "p",
    "url": "https://x",
    "token": "k",
}
CARD: dict[str, Any] = {
    "name": "n",
    "description": "d",
    "version": "1",
    "provider": {"organization": "o", "url": "https://x"},
    "documentationUrl": "https://x",
    "iconUrl": "https://x",
    "defaultInputModes": ["text/plain"],
    "defaultOutputModes": ["text/plain"],
    "signatures": [{"protected": "p", "signature": "s", "header": FREE}],
}
EXTENSION = {"uri": "urn:x", "description": "d", "required": True, "params": FREE}
SKILL: dict[str, Any] = {
    "id": "s",
    "name": "n",
    "description": "d",
    "tags": ["t"],
    "examples": ["e"],
    "inputModes": ["text/plain"],
    "outputModes": ["text/plain"],
}
FLOW = {"tokenUrl": "https://x", "refreshUrl": "https://x", "scopes": {"a": "b"}}
AUTHORIZED_FLOW = {**FLOW, "authorizationUrl": "https://x"}
IMPLICIT_FLOW = {"authorizationUrl": "https://x", "refreshUrl": "https://x", "scopes": {}}
LIST: dict[str, Any] = {
    "contextId": "c",
    "pageSize": 100,
    "pageToken": "",
    "historyLength": 0,
    "statusTimestampAfter": AT,
    "includeArtifacts": True,
}
PAGE: dict[str, Any] = {"nextPageToken": "", "pageSize": 50, "totalSize": 0}

A2A_ERRORS = [
    ("TaskNotFound", -32001, "TASK_NOT_FOUND"),
    ("TaskNotCancelable", -32002, "TASK_NOT_CANCELABLE"),
    ("PushNotificationNotSupported", -32003, "PUSH_NOTIFICATION_NOT_SUPPORTED"),
    ("UnsupportedOperation", -32004, "UNSUPPORTED_OPERATION"),
    ("ContentTypeNotSupported", -32005, "CONTENT_TYPE_NOT_SUPPORTED"),
    ("InvalidAgentResponse", -32006, "INVALID_AGENT_RESPONSE"),
    ("ExtendedAgentCardNotConfigured", -32007, "EXTENDED_AGENT_CARD_NOT_CONFIGURED"),
    ("ExtensionSupportRequired", -32008, "EXTENSION_SUPPORT_REQUIRED"),
    ("VersionNotSupported", -32009, "VERSION_NOT_SUPPORTED"),
]


def _v1_0() -> dict[str, Any]:
    parts = [
        {"text": "a", "mediaType": "text/plain", "filename": "f", "metadata": FREE},
        {"raw": "YQ=="},
        {"url": "https://x"},
        {"data": None},
    ]
    message = {
        "messageId": "m",
        "contextId": "c",
        "taskId": "t",
        "role": "ROLE_AGENT",
        "parts": parts,
        "metadata": FREE,
        "extensions": ["urn:x"],
        "referenceTaskIds": ["t"],
    }
    status = {"state": "TASK_STATE_WORKING", "message": message, "timestamp": AT}
    artifact = {
        "artifactId": "a",
        "name": "n",
        "description": "d",
        "parts": parts,
        "metadata": FREE,
        "extensions": ["urn:x"],
    }
    task = {
        "id": "t",
        "contextId": "c",
        "status": status,
        "artifacts": [artifact],
        "history": [message],
        "metadata": FREE,
    }
    place = {"taskId": "t", "contextId": "c", "metadata": FREE}
    updated = {**place, "status": status}
    chunk = {**place, "artifact": artifact, "append": True, "lastChunk": False}
    push = {
        **PUSH,
        "tenant": "x",
        "taskId": "t",
        "authentication": {"scheme": "Bearer", "credentials": "c"},
    }
    requirement = {"schemes": {"oauth": {"list": ["read"]}}}
    about = {"tenant": "x", "id": "t"}
    return {
        "Task": task,
        "Message": message,
        "Artifact": artifact,
        "TaskStatusUpdateEvent": updated,
        "TaskArtifactUpdateEvent": chunk,
        "SendMessageResponse": {"task": task},
        "StreamResponse": {"artifactUpdate": chunk},
        "SendMessageRequest": {
            "tenant": "x",
            "message": message,
            "configuration": {
                "acceptedOutputModes": ["text/plain"],
                "taskPushNotificationConfig": push,
                "historyLength": 0,
                "returnImmediately": True,
            },
            "metadata": FREE,
        },
        "GetTaskRequest": {**about, "historyLength": 0},
        "CancelTaskRequest": {**about, "metadata": FREE},
        "SubscribeToTaskRequest": about,
        "ListTasksRequest": {**LIST, "tenant": "x", "status": "TASK_STATE_UNSPECIFIED"},
        "ListTasksResponse": {**PAGE, "tasks": [task]},
        "GetExtendedAgentCardRequest": {"tenant": "x"},
        "TaskPushNotificationConfig": push,
        "GetTaskPushNotificationConfigRequest": {**about, "taskId": "t"},
        "DeleteTaskPushNotificationConfigRequest": {**about, "taskId": "t"},
        "ListTaskPushNotificationConfigsRequest": {
            "tenant": "x",
            "taskId": "t",
            "pageSize": 1,
            "pageToken": "",
        },
        "ListTaskPushNotificationConfigsResponse": {"configs": [push], "nextPageToken": ""},
        "AgentCard": {
            **CARD,
            "supportedInterfaces": [
                {
                    "url": "https://x",
                    "protocolBinding": "JSONRPC",
                    "tenant": "x",
                    "protocolVersion": "1.0",
                }
            ],
            "capabilities": {
                "streaming": True,
                "pushNotifications": False,
                "extensions": [EXTENSION],
                "extendedAgentCard": False,
            },
            "securitySchemes": {
                "key": {
                    "apiKeySecurityScheme": {"location": "header", "name": "X", "description": "d"}
                },
                "http": {
                    "httpAuthSecurityScheme": {
                        "scheme": "Bearer",
                        "bearerFormat": "JWT",
                        "description": "d",
                    }
                },
                "code": {
                    "oauth2SecurityScheme": {
                        "flows": {"authorizationCode": {**AUTHORIZED_FLOW, "pkceRequired": True}},
                        "oauth2MetadataUrl": "https://x",
                        "description": "d",
                    }
                },
                "client": {"oauth2SecurityScheme": {"flows": {"clientCredentials": FLOW}}},
                "device": {
                    "oauth2SecurityScheme": {
                        "flows": {"deviceCode": {**FLOW, "deviceAuthorizationUrl": "https://x"}}
                    }
                },
                "implicit": {"oauth2SecurityScheme": {"flows": {"implicit": IMPLICIT_FLOW}}},
                "password": {"oauth2SecurityScheme": {"flows": {"password": FLOW}}},
                "openid": {
                    "openIdConnectSecurityScheme": {
                        "openIdConnectUrl": "https://x",
                        "description": "d",
                    }
                },
                "mtls": {"mtlsSecurityScheme": {"description": "d"}},
            },
            "securityRequirements": [requirement],
            "skills": [{**SKILL, "securityRequirements": [requirement]}],
        },
        "Error": {
            "code": -32602,
            "message": "m",
            "data": [
                {
                    "@type": "type.googleapis.com/google.rpc.BadRequest",
                    "fieldViolations": [{"field": "id", "description": "is missing"}],
                }
            ],
        },
        **{f"{name}Error": _error(code, reason) for name, code, reason in A2A_ERRORS},
    }


def _error(code: int, reason: str) -> dict[str, Any]:
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "a2a-protocol.org",
        "metadata": {"taskId": "t"},
    }
    return {"code": code, "message": "m", "data": [info]}


def _v0_3() -> dict[str, Any]:
    parts = [
        {"kind": "text", "text": "a", "metadata": FREE},
        {"kind": "file", "file": {"bytes": "YQ==", "mimeType": "text/plain", "name": "f"}},
        {"kind": "file", "file": {"uri": "https://x"}, "metadata": FREE},
        {"kind": "data", "data": FREE, "metadata": FREE},
    ]
    message = {
        "kind": "message",
        "messageId": "m",
        "contextId": "c",
        "taskId": "t",
        "role": "agent",
        "parts": parts,
        "metadata": FREE,
        "extensions": ["urn:x"],
        "referenceTaskIds": ["t"],
    }
    status = {"state": "working", "message": message, "timestamp": AT}
    artifact = {
        "artifactId": "a",
        "name": "n",
        "description": "d",
        "parts": parts,
        "metadata": FREE,
        "extensions": ["urn:x"],
    }
    task = {
        "kind": "task",
        "id": "t",
        "contextId": "c",
        "status": status,
        "artifacts": [artifact],
        "history": [message],
        "metadata": FREE,
    }
    place = {"taskId": "t", "contextId": "c", "metadata": FREE}
    updated = {**place, "kind": "status-update", "status": status, "final": False}
    chunk = {
        **place,
        "kind": "artifact-update",
        "artifact": artifact,
        "append": True,
        "lastChunk": False,
    }
    push = {**PUSH, "authentication": {"schemes": ["Bearer"], "credentials": "c"}}
    task_push = {"taskId": "t", "pushNotificationConfig": push}
    about = {"id": "t", "metadata": FREE}
    requirement = {"oauth": ["read"]}
    return {
        "Task": task,
        "Message": message,
        "Artifact": artifact,
        "TaskStatusUpdateEvent": updated,
        "TaskArtifactUpdateEvent": chunk,
        "SendMessageResult": task,
        "StreamResult": chunk,
        "MessageSendParams": {
            "message": message,
            "configuration": {
                "acceptedOutputModes": ["text/plain"],
                "blocking": True,
                "historyLength": 0,
                "pushNotificationConfig": push,
            },
            "metadata": FREE,
        },
        "TaskQueryParams": {**about, "historyLength": 0},
        "TaskIdParams": about,
        "ListTasksParams": {**LIST, "status": "working"},
        "ListTasksResult": {**PAGE, "tasks": [task]},
        "TaskPushNotificationConfig": task_push,
        "GetTaskPushNotificationConfigParams": {**about, "pushNotificationConfigId": "p"},
        "DeleteTaskPushNotificationConfigParams": {**about, "pushNotificationConfigId": "p"},
        "ListTaskPushNotificationConfigParams": about,
        "ListTaskPushNotificationConfigResult": [task_push],
        "Error": {"code": -32001, "message": "m", "data": FREE},
        "AgentCard": {
            **CARD,
            "protocolVersion": "0.3.0",
            "url": "https://x",
            "preferredTransport": "JSONRPC",
            "additionalInterfaces": [{"url": "https://x", "transport": "JSONRPC"}],
            "supportsAuthenticatedExtendedCard": False,
            "capabilities": {
                "streaming": True,
                "pushNotifications": False,
                "stateTransitionHistory": False,
                "extensions": [EXTENSION],
            },
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X", "description": "d"},
                "http": {
                    "type": "http",
                    "scheme": "Bearer",
                    "bearerFormat": "JWT",
                    "description": "d",
                },
                "oauth": {
                    "type": "oauth2",
                    "oauth2MetadataUrl": "https://x",
                    "description": "d",
                    "flows": {
                        "authorizationCode": AUTHORIZED_FLOW,
                        "clientCredentials": FLOW,
                        "implicit": IMPLICIT_FLOW,
                        "password": FLOW,
                    },
                },
                "openid": {
                    "type": "openIdConnect",
                    "openIdConnectUrl": "https://x",
                    "description": "d",
                },
                "mtls": {"type": "mutualTLS", "description": "d"},
            },
            "security": [requirement],
            "skills": [{**SKILL, "security": [requirement]}],
        },
    }


def _jsonrpc() -> dict[str, Any]:
    error = {"code": -32600, "message": "m", "data": FREE}
    return {
        "Request": {"jsonrpc": "2.0", "id": 1, "method": "m", "params": FREE},
        "Response": {"jsonrpc": "2.0", "id": "a", "error": error},
        "BatchResponse": [{"jsonrpc": "2.0", "id": None, "error": error}],
        "Error": error,
    }


SAMPLES: dict[str, dict[str, Any]] = {"0.3": _v0_3(), "1.0": _v1_0(), "jsonrpc": _jsonrpc()}
