"""Every event that a framework's documents and sources name is named by its table."""

import pytest

from a2a_agent.agents.adapters.frameworks import FRAMEWORKS

DOCUMENTED = {
    "agentor": (
        "run_start text_delta generation message tool_call tool_result run_end error fork "
        "agent_updated_stream_event run_item_stream_event AgentOutput"
    ),
    "aiecs": (
        "status started iteration_start token thinking_token tool_call_delta tool_calls_ready "
        "tool_call tool_result tool_error thought action observation cache_status completed "
        "result error dawp_run_started dawp_run_completed dawp_step_started dawp_step_completed "
        "plugin_config_resolved plugin_phase_started plugin_hook_started plugin_hook_completed "
        "plugin_hook_failed str"
    ),
    "adalflow": (
        "raw_response_event agent.tool_permission_request agent.tool_call_start "
        "agent.tool_call_activity agent.tool_call_complete agent.step_complete "
        "agent.final_output agent.execution_complete runner.cancel_received runner.cancelled"
    ),
    # Of AWorld's messages first the categories, then the topics, then the classes of outputs.
    "aworld": (
        "agent tool task plan tool_callback agent_callback group human human_response memory "
        "context context_response chunk background_task mock "
        "__start __finished __output __error __rerun __cancel __interrupt __subscribe_tool "
        "__subscribe_agent __group_actions __group_results __agent_result __system_prompt "
        "__tool_result __task_response __background_tool_complete __background_task_complete "
        "__peer_broadcast "
        "Output ToolCallOutput ToolResultOutput SearchOutput RunFinishedSignal ChunkOutput "
        "MessageOutput StepOutput TaskResponse"
    ),
}


@pytest.mark.parametrize("framework", DOCUMENTED)
def test_documented_events_are_in_the_table(framework: str) -> None:
    names = set(DOCUMENTED[framework].split())

    assert names - FRAMEWORKS[framework].table().rules.keys() == set()
