"""Operations and floating-point operations of calls whose numbers are known."""

import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from llamo.analysis.cost.operations import count_flops, count_operations


def attend(*, needs_grad: bool) -> torch.Tensor:
    """2 rows, 3 heads, 5 queries, 7 keys, width 4."""
    query, keys, values = (torch.randn(2, 3, tokens, 4, requires_grad=needs_grad) for tokens in (5, 7, 7))
    return scaled_dot_product_attention(query, keys, values)


def test_views_are_no_operations():
    tensor = torch.ones(4, 3)
    assert count_operations(lambda: tensor.view(3, 4).t().exp()) == 1


def test_a_linear_layer_counts_two_for_each_weight_and_row():
    linear, rows = nn.Linear(5, 7), torch.randn(2, 3, 5)
    assert count_flops(lambda: linear(rows)) == 2 * 6 * 5 * 7


def test_a_backward_pass_counts_a_product_for_weights_and_one_for_inputs():
    linear, rows = nn.Linear(5, 7, bias=False), torch.randn(6, 5, requires_grad=True)
    assert count_flops(lambda: linear(rows).sum().backward()) == 3 * 2 * 6 * 5 * 7


def test_attention_counts_scores_and_mixing():
    product = 2 * (2 * 3) * 5 * 7 * 4
    assert count_flops(lambda: attend(needs_grad=False)) == 2 * product


def test_backward_of_attention_counts_five_products():
    product = 2 * (2 * 3) * 5 * 7 * 4
    assert count_flops(lambda: attend(needs_grad=True).sum().backward()) == 7 * product  # the scores once more


def test_a_view_made_without_gradients_may_be_the_input_of_a_module():
    linear, queries = nn.Linear(5, 7), nn.Parameter(torch.randn(3, 5))
    with torch.no_grad():
        assert count_flops(lambda: linear(queries.unsqueeze(0))) == 2 * 3 * 5 * 7
